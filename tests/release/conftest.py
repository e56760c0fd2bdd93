from tests.small.one_cache import home_of_its_own, one_cache

__all__ = ["home_of_its_own", "one_cache"]
