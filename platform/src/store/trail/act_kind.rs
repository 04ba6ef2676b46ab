//! What people do to accounts, units and floods.

casework::words! {
    /// The kind of an act of the trail. The list grows with the versions: whoever reads the trail takes
    /// [`Loose`](crate::store::Loose) ones.
    AccountActKind {
        /// An account was made.
        Created = "created",
        /// A role that takes two people was asked for.
        Asked = "asked",
        /// A role was given, or one that was asked for was confirmed.
        Granted = "granted",
        /// A role that was asked for was not given.
        Declined = "declined",
        /// Whoever asked for a role took that back.
        Withdrawn = "withdrawn",
        /// A role was taken.
        Ended = "ended",
        /// A password was changed by its owner.
        Password = "password",
        /// The owner was invited to set a password.
        Invited = "invited",
        /// The owner did.
        InvitationUsed = "invitation-used",
        /// An invitation can't be used any more.
        InvitationVoided = "invitation-voided",
        /// An account opens nothing any more.
        Disabled = "disabled",
        /// It does again.
        Enabled = "enabled",
        /// Name or telephone was corrected.
        Mended = "mended",
        /// A unit's mailbox and telephone were confirmed.
        Contacts = "contacts",
        /// Sessions were ended.
        SessionsEnded = "sessions-ended",
        /// A second factor was set up.
        FactorSet = "factor-set",
        /// It was switched off.
        FactorOff = "factor-off",
        /// Its reset was asked for.
        FactorResetAsked = "factor-reset-asked",
        /// Its reset was confirmed by another.
        FactorReset = "factor-reset",
        /// Its reset was refused by another.
        FactorResetRefused = "factor-reset-refused",
        /// New recovery codes were made.
        RecoveryCodes = "recovery-codes",
        /// One was used up.
        RecoveryCodeUsed = "recovery-code-used",
        /// A person's telephone was added.
        PhoneAdded = "phone-added",
        /// Its owner repeated the code that it was told.
        PhoneVerified = "phone-verified",
        /// It is called earlier than before.
        PhoneMoved = "phone-moved",
        /// It rings at night too.
        PhoneNight = "phone-night",
        /// It rings in duty hours only.
        PhoneDay = "phone-day",
        /// It is called no more.
        PhoneEnded = "phone-ended",
        /// The code that a person types on a telephone was set.
        DutyPin = "duty-pin",
        /// A person's own mail address was set or taken away.
        MailSet = "mail-set",
        /// A code that was sent to the own mail address came back.
        MailVerified = "mail-verified",
        /// Duty hours of a unit were set.
        DutyHours = "duty-hours",
        /// The telephone on a unit's desk was changed.
        DutyPhone = "duty-phone",
        /// Telephones of people on duty were shown in full.
        DutyNumbers = "duty-numbers",
        /// A unit's own system was set: its tickets are told there.
        WebhookSet = "webhook-set",
        /// It was given another secret.
        WebhookRotated = "webhook-rotated",
        /// Nothing is told there any more.
        WebhookEnded = "webhook-ended",
        /// A unit's folder was set, or given another key.
        FolderSet = "folder-set",
        /// Nothing is written there any more.
        FolderEnded = "folder-ended",
        /// A weekly pattern was written.
        RosterPattern = "roster-pattern",
        /// One was taken back.
        RosterPatternEnded = "roster-pattern-ended",
        /// Somebody is away.
        RosterAbsence = "roster-absence",
        /// A seat was given to somebody else for once.
        RosterException = "roster-exception",
        /// A swap was asked for.
        RosterSwapAsked = "roster-swap-asked",
        /// Whoever was asked agreed.
        RosterSwapAccepted = "roster-swap-accepted",
        /// Whoever was asked did not.
        RosterSwapDeclined = "roster-swap-declined",
        /// Whoever asked took it back.
        RosterSwapWithdrawn = "roster-swap-withdrawn",
        /// An absence, a swap or an exception was taken back.
        RosterChangeEnded = "roster-change-ended",
        /// A county's pack was loaded.
        PackLoaded = "pack-loaded",
        /// By it, open tickets of a unit went to another.
        UnitMoved = "unit-moved",
        /// The office says that a flood is one.
        FloodTreated = "flood-treated",
        /// The office says that it is over, or none.
        FloodEnded = "flood-ended",
        /// Somebody took what waits for a human in it.
        FloodTaken = "flood-taken",
        /// It was asked to end its tickets that nobody signed.
        FloodClosingAsked = "flood-closing-asked",
        /// Another person confirmed that.
        FloodClosingConfirmed = "flood-closing-confirmed",
        /// Another person refused it.
        FloodClosingRefused = "flood-closing-refused",
        /// The tickets that ended by it go on.
        FloodClosingGivenBack = "flood-closing-given-back",
    }
}
