"""The parts of a publication: open-data files, pages and a workbook, each made from releases alone."""
