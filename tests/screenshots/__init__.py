"""The pictures of the documentation: a small community on a test bench, and a browser that looks at it."""
