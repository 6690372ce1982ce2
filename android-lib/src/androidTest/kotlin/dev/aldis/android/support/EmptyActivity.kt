package dev.aldis.android.support

import android.app.Activity

/** Shows nothing; while it is started the app is in the foreground. */
internal class EmptyActivity : Activity()
