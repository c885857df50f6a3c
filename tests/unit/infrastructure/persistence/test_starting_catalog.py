from tests.support.gateways import chain, provider

from turnout.infrastructure.persistence.document import encode_catalog
from turnout.infrastructure.persistence.engine import make_engine
from turnout.infrastructure.persistence.publication import publish_now
from turnout.infrastructure.persistence.published_catalog import LinkedCatalog
from turnout.infrastructure.persistence.starting_catalog import STARTING_REVISION, StartingCatalog
from turnout.infrastructure.persistence.store_link import store_link

DOCUMENT = encode_catalog([provider("a")], [chain("default", "a")])


async def test_it_serves_the_document_until_the_store_has_published(database_url: str) -> None:
    catalog = StartingCatalog(LinkedCatalog(store_link(database_url)), DOCUMENT)
    assert await catalog.revision() == STARTING_REVISION
    assert [p.id for p in (await catalog.load()).providers] == ["a"]
    engine = make_engine(database_url)
    await publish_now(engine)
    await engine.dispose()
    await catalog.revision()
    assert (await catalog.load()).providers == ()
    await catalog.close()
