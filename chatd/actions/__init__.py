"""What a user can do: permission, SQL and event, once for both doors.

Each action has four beats, in this order: access (see it, or it is unknown), require (the permission),
write, emit (the event leaves at the commit). It is given a transaction of some kind (store/transaction.py)
that knows who asks; what is slow is over before that opens.
"""
