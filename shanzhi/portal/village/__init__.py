"""What anybody may know of a village and of what is being handled there: no name, no words of anybody but staff's own."""
