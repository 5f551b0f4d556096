"""ogbg-molhiv: validation on molecules, which the search never sees."""
