"""Training the reader: questions to examples, examples to steps, steps to a checkpointed run."""
