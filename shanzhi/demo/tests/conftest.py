from shanzhi.demo.tests.loaded import small

__all__ = ["small"]
