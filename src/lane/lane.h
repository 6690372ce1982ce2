
// The lane, after what UniFFI generates: the messages of a client, without its conversions.

/// Takes a batch of messages in order, on the one thread that calls the host; it is gone when this
/// returns. The layout is that of `src/lane/batch.rs`, with all texts in UTF-8. Answers 1 for no more
/// until `resume_delivery`, and 0 otherwise.
typedef int32_t (*AldisLaneDeliver)(int64_t lane, const uint8_t *_Nonnull batch, size_t length);

/// Gives the process an end of the lane, before the first client opens one; a second is ignored.
void aldis_lane_attach(AldisLaneDeliver _Nonnull deliver);
