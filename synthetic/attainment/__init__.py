"""What children attain from two to nineteen, and what they would have attained with other provision."""
