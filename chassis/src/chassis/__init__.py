"""The microservice chassis: what every service needs, once."""
