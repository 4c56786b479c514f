//! The encrypted connection, as `tokio-postgres` asks for it, on the packages that are in the program anyway.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;

use super::address::{Address, Encryption, wrong};
use crate::anchor::x509::end_point;
use crate::diagnostic::AppResult;
use crate::engine::tls::client_config;

/// Makes encrypted streams; without settings where the connection is not to be encrypted.
#[derive(Clone)]
pub(super) struct Tls(Option<(Arc<ClientConfig>, ServerName<'static>)>);

impl Tls {
    /// For an address.
    ///
    /// # Errors
    /// `DBS-005` where its certificates can't be used, or the system has none.
    pub(super) fn of(address: &Address) -> AppResult<Self> {
        if address.encryption == Encryption::None {
            return Ok(Self(None));
        }
        let config = client_config(address.root.as_deref(), address.encryption == Encryption::Full)?;
        let name = ServerName::try_from(address.server_name().to_owned())
            .map_err(|cause| wrong("主机名不能用于加密连接", address.server_name()).caused_by(cause))?;
        Ok(Self(Some((Arc::new(config), name))))
    }
}

/// A stream under TLS.
pub(super) struct Encrypted<S>(tokio_rustls::client::TlsStream<S>);

type Making<S> = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

impl<S> MakeTlsConnect<S> for Tls
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type TlsConnect = Self;
    type Error = io::Error;

    fn make_tls_connect(&mut self, _: &str) -> io::Result<Self> {
        Ok(self.clone())
    }
}

impl<S> TlsConnect<S> for Tls
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Making<S>;

    fn connect(self, stream: S) -> Making<S> {
        Box::pin(async move {
            let (config, name) = self.0.ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))?;
            TlsConnector::from(config).connect(name, stream).await.map(Encrypted)
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    /// The server's certificate (`tls-server-end-point`): what proves the password on this connection proves nothing on
    /// another, to which somebody in between would pass it on.
    fn channel_binding(&self) -> ChannelBinding {
        let certificate = self.0.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        certificate
            .and_then(|certificate| end_point(certificate))
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}
