"""One module per file format, each turning a file into documents; none knows about articles."""
