//! A fixed list of tokens.

use std::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{Authenticator, Rejection, User};

/// Knows a few tokens and the user of each, for development and small deployments.
#[derive(Clone, Default)]
pub struct StaticTokens {
    tokens: Vec<(Zeroizing<String>, User)>,
}

impl StaticTokens {
    /// Knows no token yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a token. Of two equal ones the first counts.
    #[must_use]
    pub fn with(mut self, token: impl Into<String>, user: User) -> Self {
        self.tokens.push((Zeroizing::new(token.into()), user));
        self
    }

    /// How many tokens it knows.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether it knows none, and so refuses everybody.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }
}

impl Authenticator for StaticTokens {
    async fn authenticate(&self, token: &str) -> Result<User, Rejection> {
        let mut found = None;
        // All of them are compared, so that the time says nothing about the one that matches.
        for (known, user) in &self.tokens {
            let equal: Choice = known.as_bytes().ct_eq(token.as_bytes());
            if bool::from(equal) && found.is_none() {
                found = Some(user);
            }
        }
        found.cloned().ok_or(Rejection::refused("the token is not known"))
    }
}

impl fmt::Debug for StaticTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StaticTokens({})", self.tokens.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_known_tokens_are_let_in() {
        let tokens = StaticTokens::new().with("alpha", User::new("a")).with("beta", User::new("b"));
        assert_eq!(tokens.authenticate("beta").await, Ok(User::new("b")));
        for unknown in ["", "alph", "alphaa", "ALPHA"] {
            let rejection = tokens.authenticate(unknown).await.unwrap_err();
            assert_eq!(rejection.code(), "token_refused");
        }
        assert_eq!(format!("{tokens:?}"), "StaticTokens(2)");
    }
}
