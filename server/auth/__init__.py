"""Who asks: sessions, devices and the way in. What a person may do with a record is judged in `schema` and `sync`."""
