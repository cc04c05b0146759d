"""What is lawful and hardly ever true: rows that an officer looks at twice before the deadline."""
