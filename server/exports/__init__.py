"""Files of records that leave the centre: their cells, their sheets, and the way out."""
