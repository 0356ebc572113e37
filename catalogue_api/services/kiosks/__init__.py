"""Kiosks as the catalogue knows them: their feed, health, sorting and needs."""
