"""KPK's receiving end: a stand-in, since the real one needs an agreement. It stands on `contracts` only."""
