//! Whom an encrypted connection trusts: TLS 1.2 or 1.3 by rustls on the ring provider.
//!
//! A server's certificate is trusted when an authority is (the system's, or those of `sslrootcert`), or when it is, byte
//! for byte, one of `sslrootcert`: offices give their servers certificates that no authority signed, and whoever has that
//! very file has checked it.

use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::diagnostic::{AppError, AppResult, Finding};

fn bad_root(path: &Path, why: &str) -> AppError {
    Finding::error("DBS-005", "根证书文件不能使用")
        .value(why)
        .expected("PEM 格式的证书（-----BEGIN CERTIFICATE-----）")
        .file(path.display().to_string())
        .into()
}

/// Settings for connections to a server: certificates of `root` where one is named, the system's authorities otherwise;
/// `by_name` where the certificate must bear the host's name too.
///
/// # Errors
/// `DBS-005` where the certificates can't be used, or the system has none.
pub(super) fn client_config(root: Option<&Path>, by_name: bool) -> AppResult<ClientConfig> {
    let given = match root {
        Some(path) => read_certificates(path)?,
        None => Vec::new(),
    };
    let mut roots = RootCertStore::empty();
    if root.is_some() {
        roots.add_parsable_certificates(given.iter().cloned());
    } else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let path = root.unwrap_or(Path::new("sslrootcert"));
    if roots.is_empty() {
        return Err(bad_root(path, "没有可信任的签发机构"));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let authority = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .map_err(|cause| bad_root(path, "证书不能使用").caused_by(cause))?;
    let verifier = Verifier { authority, given, by_name, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| bad_root(path, "加密库不能使用").caused_by(cause))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

fn read_certificates(path: &Path) -> AppResult<Vec<CertificateDer<'static>>> {
    let bytes = std::fs::read(path).map_err(|cause| AppError::io("读取根证书", path, cause))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(bad_root(path, "文件中没有证书")),
        Err(cause) => Err(bad_root(path, "文件中的证书已损坏").caused_by(cause)),
    }
}

/// Trusts an authority, or the very certificate that was given.
#[derive(Debug)]
struct Verifier {
    authority: Arc<WebPkiServerVerifier>,
    given: Vec<CertificateDer<'static>>,
    by_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.given.iter().any(|given| given.as_ref() == certificate.as_ref()) {
            return Ok(ServerCertVerified::assertion());
        }
        match self.authority.verify_server_cert(certificate, between, name, ocsp, now) {
            // the name is looked at last, once the chain is found good
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.by_name => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authority.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.authority.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
