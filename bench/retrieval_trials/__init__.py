"""Ways to retrieve that were tried, measured against what ships."""
