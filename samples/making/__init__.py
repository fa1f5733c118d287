"""How the Label Studio samples are made: WordNet's texts, and simulated annotators."""
