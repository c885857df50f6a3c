"""What pyproject.toml cannot say: `turnout` is src/ and `turnout.migrations` is migrations/.

`packages.find` has no prefix option, so the package list is made here.
"""

from setuptools import find_namespace_packages, setup


def under(prefix: str, folder: str) -> list[str]:
    return [prefix, *(f"{prefix}.{name}" for name in find_namespace_packages(folder))]


setup(packages=[*under("turnout", "src"), *under("turnout.migrations", "migrations")])
