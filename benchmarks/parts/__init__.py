"""What is measured: each part makes its measures, and its chapter of the page from their figures."""
