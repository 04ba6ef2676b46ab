//! What group chats and units' own systems were told of a ticket, for programs.

use axum::extract::Path;
use platform::store::{TicketId, TicketPost};

use crate::internal::{
    Answer, By,
    auth::{Desk, Overseer},
    desk::fetch,
    error::ApiError,
};

/// `GET /api/v1/tickets/{id}/posts`
pub(super) async fn of_desk(by: By<Desk>, Path(id): Path<String>) -> Result<Answer<Vec<TicketPost>>, ApiError> {
    let ticket = fetch(&by, &id).await?;
    let desk = &by.internal.desk;
    Ok(Answer(desk.desk_ticket_posts(&by.right.scope, ticket.id).await?))
}

/// `GET /api/v1/board/tickets/{id}/posts`
pub(super) async fn of_board(by: By<Overseer>, Path(id): Path<TicketId>) -> Result<Answer<Vec<TicketPost>>, ApiError> {
    Ok(Answer(by.internal.board.ticket_posts(id).await?))
}
