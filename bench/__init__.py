"""Programs that measure the house from outside. Nothing that is shipped knows of them."""
