"""Commands. Each module adds its own parser; ``main`` joins them."""
