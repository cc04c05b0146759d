"""One file a kind of export that is not XML."""
