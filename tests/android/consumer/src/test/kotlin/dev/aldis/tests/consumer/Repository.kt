package dev.aldis.tests.consumer

import org.apache.maven.model.building.DefaultModelProcessor
import org.apache.maven.model.io.DefaultModelReader
import org.apache.maven.model.locator.DefaultModelLocator
import org.apache.maven.model.superpom.DefaultSuperPomProvider
import org.apache.maven.repository.internal.ArtifactDescriptorUtils
import org.apache.maven.repository.internal.MavenRepositorySystemUtils
import org.eclipse.aether.artifact.Artifact
import org.eclipse.aether.artifact.DefaultArtifact
import org.eclipse.aether.collection.CollectRequest
import org.eclipse.aether.graph.Dependency
import org.eclipse.aether.repository.LocalRepository
import org.eclipse.aether.repository.RemoteRepository
import org.eclipse.aether.repository.RepositoryPolicy
import org.eclipse.aether.resolution.ArtifactRequest
import org.eclipse.aether.resolution.ArtifactResolutionException
import org.eclipse.aether.supplier.RepositorySystemSupplier
import org.eclipse.aether.util.artifact.SubArtifact
import org.eclipse.aether.util.filter.DependencyFilterUtils
import org.eclipse.aether.util.graph.visitor.FilteringDependencyVisitor
import org.eclipse.aether.util.graph.visitor.PreorderNodeListGenerator
import org.eclipse.aether.util.repository.ChainedLocalRepositoryManager
import java.io.File

/** Maven's repositories as the Maven of a user sees them, with the one that the AAR was published to. */
internal class Repository(published: File, cache: File) {
    private val system = RepositorySystemSupplier().get()
    private val session = MavenRepositorySystemUtils.newSession()
    private val repositories: List<RemoteRepository>

    init {
        check(published.isDirectory) {
            "$published is missing; run `scripts/build-aar --link-check`, or name one in " +
                "-Daldis.android.repository"
        }
        // Of what is ours nothing may be left from another time. All else may, and may be the user's.
        File(cache, "dev/aldis").deleteRecursively()
        val own = system.newLocalRepositoryManager(session, LocalRepository(cache))
        val users = File(System.getProperty("maven.local.repository"))
        val shared = system.newLocalRepositoryManager(session, LocalRepository(users))
        session.localRepositoryManager = ChainedLocalRepositoryManager(own, listOf(shared), true)
        session.setSystemProperties(System.getProperties())
        session.checksumPolicy = RepositoryPolicy.CHECKSUM_POLICY_FAIL
        val url = published.toURI().toString()
        val ours = RemoteRepository.Builder("published", "default", url).build()
        repositories = listOf(ours) + mavens()
    }

    /** An artifact with all that it needs at run time, itself first. */
    fun resolve(coordinates: String): List<Artifact> = resolve(coordinates, "compile", "runtime")

    /** An artifact with what is compiled against, itself first. */
    fun resolveApi(coordinates: String): List<Artifact> = resolve(coordinates, "compile")

    /** An artifact alone. */
    fun file(coordinates: String): File = resolve(DefaultArtifact(coordinates)).file

    private fun resolve(coordinates: String, vararg scopes: String): List<Artifact> {
        val root = Dependency(DefaultArtifact(coordinates), "compile")
        val collected = system.collectDependencies(session, CollectRequest(root, repositories))
        val list = PreorderNodeListGenerator()
        val filter = DependencyFilterUtils.classpathFilter(*scopes)
        collected.root.accept(FilteringDependencyVisitor(list, filter))
        return list.getArtifacts(true).map(::resolve).distinctBy { it.groupId to it.artifactId }
    }

    /** Some libraries of Android's call an AAR a jar where they need it. Gradle looks for both. */
    private fun resolve(artifact: Artifact): Artifact = try {
        system.resolveArtifact(session, ArtifactRequest(artifact, repositories, null)).artifact
    } catch (e: ArtifactResolutionException) {
        if (artifact.extension != "jar") throw e
        resolve(SubArtifact(artifact, "", "aar"))
    }

    /** Those that Maven knows by itself. */
    private fun mavens(): List<RemoteRepository> {
        val processor = DefaultModelProcessor()
            .setModelLocator(DefaultModelLocator())
            .setModelReader(DefaultModelReader())
        val superPom = DefaultSuperPomProvider().setModelProcessor(processor).getSuperModel("4.0.0")
        return superPom.repositories.map(ArtifactDescriptorUtils::toRemoteRepository)
    }
}
