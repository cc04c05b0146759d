"""An invented England whose truth is known."""
