package dev.aldis.android.internal

/** Something of the system that a client listens to. Any thread may call; one call at a time. */
internal interface Part {
    /** Begins to listen. Throws where the system refuses; [detach] is not called then. */
    fun attach()

    /** Ends it. A hint that is on its way may still be told. */
    fun detach()
}
