"""The formats of fine-tuning rows: in one module each, all that is known of the format."""
