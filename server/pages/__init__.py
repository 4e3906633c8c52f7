"""Pages that are written here, whole and without a script: their frame, their stylesheet, and how they are sent."""
