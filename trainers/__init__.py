"""Training, thin: everything about the data was done, hashed and written down before."""
