"""Pictures that shops upload: made anew, kept under their digest, served as what they are."""
