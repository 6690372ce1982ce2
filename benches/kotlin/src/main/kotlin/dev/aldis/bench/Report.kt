package dev.aldis.bench

import kotlinx.serialization.Serializable
import java.util.Locale

/** The middle, the least and the most of some measurements. */
@Serializable
internal data class Spread(val median: Double, val least: Double, val most: Double) {
    internal companion object {
        fun of(values: List<Double>): Spread {
            val sorted = values.sorted()
            val half = sorted.size / 2
            val isEven = sorted.size % 2 == 0
            val median = if (isEven) (sorted[half - 1] + sorted[half]) / 2 else sorted[half]
            return Spread(median, sorted.first(), sorted.last())
        }
    }
}

/** Something that is measured. */
internal enum class Measure(val label: String, val of: (Result) -> Double) {
    RATE("per second", { it.reading.count / (it.reading.wall / NANOS) }),
    CPU("CPU µs each", { it.reading.cpu / MICROS / it.reading.count }),
    P50("p50 µs", { it.reading.p50 / MICROS }),
    P99("p99 µs", { it.reading.p99 / MICROS }),
    SERVER("the server's share of its core", { it.serverCpu.toDouble() / it.reading.wall }),
    ;

    internal companion object {
        /** What is told of a kind of work. */
        fun of(work: Work): List<Measure> = when (work) {
            Work.RECEIVE, Work.SEND -> listOf(RATE, CPU)
            Work.ECHO -> listOf(P50, P99, CPU)
        }
    }
}

/** One number of the report. */
@Serializable
internal data class Finding(
    val contestant: String,
    val work: Work,
    val bytes: Int,
    val measure: Measure,
    val spread: Spread,
)

/** Sums up. */
internal fun findings(results: List<Result>): List<Finding> =
    results.groupBy { it.contestant to it.task }.flatMap { (key, group) ->
        val (contestant, task) = key
        (Measure.of(task.work) + Measure.SERVER).map { measure ->
            val spread = Spread.of(group.map(measure.of))
            Finding(contestant, task.work, task.bytes, measure, spread)
        }
    }

/** The findings as a table: a row for each measure, a column for each contestant. */
internal fun table(findings: List<Finding>): String {
    val names = findings.map { it.contestant }.distinct()
    val heads = listOf("") + names + "$OURS : $BASELINE"
    val rows =
        findings
            .filter { it.measure != Measure.SERVER }
            .groupBy { Triple(it.work, it.bytes, it.measure) }
            .map { (key, group) ->
                val (work, bytes, measure) = key
                val label = "${work.name.lowercase()} ${sizeLabel(bytes)}, ${measure.label}"
                val spreads = group.associate { it.contestant to it.spread }
                val cells =
                    names.map { name ->
                        val atLimit = measure == Measure.RATE && findings.atLimit(name, work, bytes)
                        cell(spreads.getValue(name)) + if (atLimit) "*" else ""
                    }
                listOf(label) + cells + ratio(spreads[OURS], spreads[BASELINE])
            }
    val legend = "Median (least – most). Where * is, the server had no more to give."
    return layOut(listOf(heads) + rows) + "\n\n" + legend
}

private fun ratio(ours: Spread?, baseline: Spread?): String =
    if (ours == null || baseline == null) "–" else format("%.2f", ours.median / baseline.median)

/** Whether the server had nothing left to give. */
private fun List<Finding>.atLimit(contestant: String, work: Work, bytes: Int): Boolean = any {
    it.contestant == contestant && it.work == work && it.bytes == bytes &&
        it.measure == Measure.SERVER && it.spread.median > BUSY
}

private fun layOut(rows: List<List<String>>): String {
    val widths = rows.first().indices.map { column -> rows.maxOf { it[column].length } }
    val lines =
        rows.map { row ->
            row.mapIndexed { i, cell -> cell.padEnd(widths[i]) }.joinToString(" | ", "| ", " |")
        }
    val rule = widths.joinToString("-|-", "|-", "-|") { "-".repeat(it) }
    return (listOf(lines.first(), rule) + lines.drop(1)).joinToString("\n")
}

private fun cell(spread: Spread): String =
    "${number(spread.median)} (${number(spread.least)} – ${number(spread.most)})"

private fun number(value: Double): String = when {
    value >= MILLION -> format("%.2f M", value / MILLION)
    value >= TEN_THOUSAND -> format("%.0f k", value / THOUSAND)
    value >= THOUSAND -> format("%.1f k", value / THOUSAND)
    value >= HUNDRED -> format("%.0f", value)
    value >= TEN -> format("%.1f", value)
    else -> format("%.2f", value)
}

private fun sizeLabel(bytes: Int): String = if (bytes >= KIB) "${bytes / KIB} KiB" else "$bytes B"

private fun format(pattern: String, value: Double): String =
    String.format(Locale.ROOT, pattern, value)

private const val NANOS = 1e9
private const val MICROS = 1e3
private const val MILLION = 1e6
private const val TEN_THOUSAND = 1e4
private const val THOUSAND = 1e3
private const val HUNDRED = 100.0
private const val TEN = 10.0
private const val KIB = 1024
private const val BUSY = 0.95
