"""kpk-forwarder: what belongs to KPK gets there, with a signed receipt; what KPK says comes back."""
