"""What a question says by its words alone: which form of answer, which kind of thing."""
