//! Signed statements: office or witness says that it saw a seal, an opening or a certificate with this hash.

use serde::{Deserialize, Serialize};

use super::keys::{PublicKey, SigningKey};
use crate::diagnostic::AppResult;
use crate::sampling::{Opening, Seal, ShanghaiTime, from_hex, sha256, to_canonical_json, to_hex};

/// The statement's `format`.
pub const STATEMENT_FORMAT: &str = "fairdraw-statement/1";

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The office that draws.
    Office,
    /// Somebody outside: discipline inspection, notary.
    Witness,
}

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// `seal.json`: its hash is the commitment.
    Seal,
    /// `opening.json`.
    Opening,
    /// `certificate.json`.
    Certificate,
}

impl Subject {
    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Seal => "封签",
            Self::Opening => "开封",
            Self::Certificate => "证书",
        }
    }
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`STATEMENT_FORMAT`].
    pub format: String,
    /// Who says it.
    pub role: Role,
    /// Of what.
    pub subject: Subject,
    /// Agency of the seal.
    pub agency: String,
    /// Period of the seal.
    pub period: String,
    /// Sequence of the seal.
    pub sequence: u64,
    /// Commitment of the seal.
    pub commitment: String,
    /// SHA-256 of the file's canonical bytes.
    pub sha256: String,
    /// The signer's clock.
    pub at: String,
    /// The signer's name.
    pub signer: String,
    /// The signer's public key.
    pub key: String,
}

/// A statement with its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedStatement {
    /// What is said.
    pub statement: Statement,
    /// Signature over `fairdraw/1/statement\n` and the statement's canonical JSON: 128 hexadecimal digits.
    pub signature: String,
}

impl Statement {
    fn message(&self) -> Vec<u8> {
        [b"fairdraw/1/statement\n".as_slice(), &to_canonical_json(self)].concat()
    }
}

/// Signs a statement of a seal's file with these bytes.
///
/// # Errors
/// `ANC-030`, `ANC-032`.
pub fn sign_statement(
    key: &SigningKey,
    role: Role,
    (subject, bytes): (Subject, &[u8]),
    seal: &Seal,
    at: &ShanghaiTime,
) -> AppResult<SignedStatement> {
    let statement = Statement {
        format: STATEMENT_FORMAT.to_owned(),
        role,
        subject,
        agency: seal.agency.clone(),
        period: seal.period.clone(),
        sequence: seal.sequence,
        commitment: to_hex(&seal.commitment()),
        sha256: to_hex(&sha256(&[bytes])),
        at: at.to_string(),
        signer: key.name.clone(),
        key: key.public().to_text(),
    };
    let signature = to_hex(&key.sign(&statement.message())?);
    Ok(SignedStatement { statement, signature })
}

impl SignedStatement {
    /// True where the signature is that of the key which the statement names.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        let signature = from_hex::<64>(self.signature.as_bytes());
        let key = PublicKey::parse(&self.statement.key);
        self.statement.format == STATEMENT_FORMAT
            && key.zip(signature).is_some_and(|(key, signature)| key.verifies(&self.statement.message(), &signature))
    }

    /// True where it speaks of this seal, and of the file that it names as it is: the opening, the certificate.
    #[must_use]
    pub fn fits(&self, seal: &Seal, opening: Option<&Opening>, certificate: Option<&[u8]>) -> bool {
        let said = &self.statement;
        let commitment = to_hex(&seal.commitment());
        let of_seal = said.commitment == commitment
            && (said.agency.as_str(), said.period.as_str(), said.sequence)
                == (seal.agency.as_str(), seal.period.as_str(), seal.sequence);
        let hash = match said.subject {
            Subject::Seal => Some(commitment),
            Subject::Opening => opening.map(|opening| to_hex(&sha256(&[&opening.to_json()]))),
            Subject::Certificate => certificate.map(|bytes| to_hex(&sha256(&[bytes]))),
        };
        of_seal && hash.is_some_and(|hash| hash == said.sha256) && ShanghaiTime::new(said.at.as_str()).is_ok()
    }
}
