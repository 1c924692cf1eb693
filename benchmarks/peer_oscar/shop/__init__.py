"""A django-oscar shop as its documentation builds one, with its REST API and nothing else."""
