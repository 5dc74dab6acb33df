"""What a person does with a whole list: keeps it under a name, and does one act on many of its cases."""
