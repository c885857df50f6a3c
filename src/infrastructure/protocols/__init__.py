"""One anti-corruption layer per wire protocol towards providers: pure, synchronous, no I/O."""
