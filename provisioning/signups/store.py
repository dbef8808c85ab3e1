"""Queries of the sign-up room."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from provisioning.signups.model import SignUp
from provisioning.users import User, UserState


def sign_up_of(db: Session, user_id: str) -> SignUp | None:
    return db.get(SignUp, user_id)


def is_used(db: Session, sign_up: SignUp, reference: str) -> bool:
    """Whether the payment paid for another sign-up of the provider."""
    statement = select(SignUp.user_id).where(
        SignUp.provider_id == sign_up.provider_id,
        SignUp.payment_reference == reference,
        SignUp.user_id != sign_up.user_id,
    )
    return db.scalars(statement).first() is not None


def over_before(db: Session, provider_id: str, moment: datetime, limit: int) -> Sequence[Row[User, SignUp]]:
    """PENDING users whose sign-up ended before a moment, locked; those that others work on are passed over."""
    return db.execute(
        select(User, SignUp)
        .join(SignUp, SignUp.user_id == User.id)
        .where(
            SignUp.provider_id == provider_id, SignUp.expires_at <= moment, User.state == UserState.PENDING
        )
        .order_by(SignUp.expires_at)
        .limit(limit)
        .with_for_update(of=User, skip_locked=True)
    ).all()
