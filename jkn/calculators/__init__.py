"""What a contribution, arrears, a penalty, instalments cost, and the law behind them: for anybody, as links to share.

No table.
"""
