"""trubka: the place where a company's calls meet its customers."""

__version__ = "0.1.0"
