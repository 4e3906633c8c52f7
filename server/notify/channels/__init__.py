"""The ways out: one module for each channel."""
