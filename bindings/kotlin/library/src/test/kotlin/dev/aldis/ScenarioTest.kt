package dev.aldis

import dev.aldis.scenarios.Results
import dev.aldis.scenarios.Stage
import dev.aldis.scenarios.Table
import dev.aldis.support.BothWays
import dev.aldis.support.Way
import dev.aldis.support.test
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.TestFactory

/**
 * The scenarios that all languages run; `tests/scenarios/README.md` says what is in them. What was
 * seen is written down, to be compared with what other languages saw.
 */
@BothWays
internal class ScenarioTest(private val way: Way) {
    @TestFactory
    fun scenarios(): List<DynamicTest> {
        val results = Results(way)
        return Table.read().map { scenario ->
            dynamicTest(scenario.name) {
                test(way) { results.add(scenario.name, Stage.run(scenario, way, this)) }
            }
        }
    }
}
