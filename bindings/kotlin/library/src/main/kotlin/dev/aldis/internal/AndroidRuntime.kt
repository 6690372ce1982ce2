package dev.aldis.internal

/** Whether the app runs on Android, whose libraries and certificates are found in other ways. */
internal fun isAndroid(): Boolean = System.getProperty("java.vm.name") == "Dalvik"
