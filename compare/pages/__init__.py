"""The report page: what stands on it, and how it is written."""

from compare.pages.content import Page, Picture, Section
from compare.pages.write import PAGE, write

__all__ = ["PAGE", "Page", "Picture", "Section", "write"]
