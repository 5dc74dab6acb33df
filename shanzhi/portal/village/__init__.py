"""What anybody may know of a village and of what is being handled there: no name, and no words but confirmed ones."""
