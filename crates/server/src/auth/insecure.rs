//! No authentication at all, for development.

use super::{Authenticator, Rejection, User};

/// **Lets everybody in, as whoever they say they are**: the token is the user's id. For
/// development on one machine; [`Server::bind`](crate::Server::bind) refuses addresses other than
/// loopback with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct InsecureTokenIsUserId;

impl Authenticator for InsecureTokenIsUserId {
    async fn authenticate(&self, token: &str) -> Result<User, Rejection> {
        if token.is_empty() {
            Err(Rejection::refused("the token is empty"))
        } else {
            Ok(User::new(token))
        }
    }

    fn is_insecure(&self) -> bool {
        true
    }
}
