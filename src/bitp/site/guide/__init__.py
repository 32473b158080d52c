"""The guide: six questions people come with, a page each, in two languages of equal worth."""
