//! The API inside this process: for a tool on a data folder while nothing serves it.
//!
//! The same routes as over the network, with the folder's lock held: a command line has one way to say a thing.

use crate::dispatch::{Dispatch, FirstCompany, UserSession};
use crate::http::{Server, app, system_clock};
use crate::serve::{Error, FolderLock, lock_folder};
use crate::store::{Role, Settings};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use futures_util::stream::unfold;
use serde_json::Value;
use std::io;
use std::path::Path;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;
use tower::ServiceExt;

/// Bytes of a file that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// A data folder that nobody else uses, as its owner works with it.
pub struct Local {
    router: Router,
    session: UserSession,
    /// For a new data folder: its company and the owner's token, which is never seen again.
    pub first: Option<FirstCompany>,
    _stopping: watch::Sender<bool>,
    _lock: FolderLock,
}

impl Local {
    /// Opens a data folder. A new one gets a company with one owner.
    ///
    /// # Errors
    /// When something serves the folder, it can't be used, or it doesn't hold exactly one company.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let lock = lock_folder(folder)?;
        let dispatch = Dispatch::open(folder)?;
        let clock = system_clock();
        let first = match dispatch.store().companies()?.is_empty() {
            true => Some(dispatch.create_company(clock(), &Settings::default())?),
            false => None,
        };
        let session = owner(&dispatch)?;
        let (stop, stopping) = watch::channel(false);
        let router = app(Server::new(dispatch, clock, stopping));
        Ok(Self { router, session, first, _stopping: stop, _lock: lock })
    }

    /// Sends a request with a JSON body, or with none. Gives the status and the body of the answer.
    ///
    /// # Errors
    /// When the request can't be made or its answer can't be read.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<(u16, Vec<u8>)> {
        let bytes = body.map_or_else(Vec::new, |json| json.to_string().into_bytes());
        self.send(method, path, "application/json", Body::from(bytes)).await
    }

    /// Sends a file as a stream.
    ///
    /// # Errors
    /// When the request can't be made or its answer can't be read.
    pub async fn call_with_file(
        &self,
        method: &str,
        path: &str,
        media_type: &str,
        file: impl AsyncRead + Send + Unpin + 'static,
    ) -> io::Result<(u16, Vec<u8>)> {
        let chunks = unfold(file, |mut file| async move {
            let mut chunk = Vec::with_capacity(CHUNK_BYTES);
            match file.read_buf(&mut chunk).await {
                Ok(0) => None,
                Ok(_) => Some((Ok(Bytes::from(chunk)), file)),
                Err(error) => Some((Err(error), file)),
            }
        });
        self.send(method, path, media_type, Body::from_stream(chunks)).await
    }

    async fn send(&self, method: &str, path: &str, media_type: &str, body: Body) -> io::Result<(u16, Vec<u8>)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, media_type)
            .extension(self.session.clone())
            .body(body)
            .map_err(io::Error::other)?;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.map_err(io::Error::other)?;
        Ok((status, bytes.to_vec()))
    }
}

/// The owner of the folder's one company.
fn owner(dispatch: &Dispatch) -> Result<UserSession, Error> {
    let companies = dispatch.store().companies()?;
    let [company] = companies.as_slice() else {
        return Err(io::Error::other(format!("the folder holds {} companies: use --server", companies.len())).into());
    };
    let users = dispatch.company(*company).read(|reader| reader.users())?;
    let owner = users.into_iter().find(|user| user.role == Role::Owner && user.active);
    let user = owner.ok_or_else(|| io::Error::other("the company has no owner"))?;
    Ok(UserSession { company: *company, user })
}
